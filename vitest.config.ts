import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: ['@dcm/source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['@dcm/source', 'node', 'import', 'default'] },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    typecheck: { enabled: true, include: ['packages/*/{src,test}/**/*.test-d.ts'] },
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/generated/**', '**/*.test.ts', '**/*.test-d.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
    },
  },
})

export default config
