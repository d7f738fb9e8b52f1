export { isHeaderToken, readSecret, type Secret } from './secret.js'
