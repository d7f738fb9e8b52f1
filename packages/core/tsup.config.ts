import { fileURLToPath } from 'node:url'
import { defineConfig } from 'tsup'
import { entryInOneFile } from '../../scripts/entry-in-one-file.mjs'

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/conformance/index.ts',
    'src/conformance/main.ts',
    'src/conformance/run.ts',
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
  esbuildPlugins: [entryInOneFile(fileURLToPath(new URL('src/index.ts', import.meta.url)))],
})
