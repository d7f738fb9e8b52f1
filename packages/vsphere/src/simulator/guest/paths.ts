/** The directory that a file of a guest lies in. */
export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))
