export { type AcmeClient, AcmeError, createAcmeClient } from './client.js'
