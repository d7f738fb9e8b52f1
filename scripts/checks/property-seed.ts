import fc from 'fast-check'

// Property tests try the same values in every run, so that a red run is the fault of a change; other values on demand.
const chosen = process.env.DCM_PROPERTY_SEED ?? '20260101'
if (chosen !== 'random') fc.configureGlobal({ seed: Number(chosen) })
