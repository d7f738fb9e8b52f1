import { defineConfig } from 'tsup'

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/conformance/index.ts',
    'src/conformance/child.ts',
    'src/memory/index.ts',
    'src/memory/main.ts',
    'src/schema/index.ts',
  ],
  format: 'esm',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  clean: ['dist/**/*.js', 'dist/**/*.map'],
  dts: false,
})
