/** The tag of a fenced version. */
export const fenceTag = 'isolator-fenced';
