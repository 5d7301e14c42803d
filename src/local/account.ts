/** The account of fauxqs, which knows no other, and of LocalStack for keys that are no account's id. */
export const localAccount = '000000000000';
export const localRegion = 'us-east-1';
