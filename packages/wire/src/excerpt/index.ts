export { excerptOf } from './excerpt.js'
