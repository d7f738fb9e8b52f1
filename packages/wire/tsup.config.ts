import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/excerpt/index.ts', 'src/loopback/index.ts', 'src/secret/index.ts', 'src/xml/index.ts'],
  format: 'esm',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  clean: ['dist/**/*.js', 'dist/**/*.map'],
  dts: false,
})
