/** Header that says which gateway answers; the same id stands in its run-file. */
export const instanceHeader = 'x-openclaw-instance'
