/** The longest reason, and the longest name of a person, so that an alert with them fits into a message of SNS. */
export const maximumWordLength = 1_024;
