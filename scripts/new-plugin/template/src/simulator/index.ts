export { type AcmeSimulator, startAcmeSimulator } from './server.js'
