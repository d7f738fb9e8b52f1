// Written by `pnpm generate` from packages/core/package.json. Do not edit.

/** Version of this package. */
export const coreVersion = '0.1.0'
