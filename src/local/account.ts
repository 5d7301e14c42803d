/** The only account that fauxqs knows. LocalStack uses this account for access keys that are not an account's id. */
export const localAccount = '000000000000';
export const localRegion = 'us-east-1';
