/** The form of a region's name in every partition of AWS, from `eu-west-1` to `us-isob-east-1` and `eusc-de-east-1`. */
export const regionPattern = /^[a-z]{2,8}(-[a-z]+)+-\d{1,2}$/;

/**
 * Stands for a region in a form that is not understood. No region has this name and no setting can allow it,
 * so the object is refused as an object of another region.
 */
export const unreadableRegion = 'unreadable';
