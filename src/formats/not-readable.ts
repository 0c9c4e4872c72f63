/** What stands for something that exists and may not be read without the right to it: never 0, which would be a claim. */
export const notReadable = '?';
