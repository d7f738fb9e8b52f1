// Imported as the reference: what Node spends on opening any file.
export {}
