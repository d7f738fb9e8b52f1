import { availableParallelism } from 'node:os'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: ['@dcm/source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['@dcm/source', 'node', 'import', 'default'] },
  test: {
    setupFiles: ['scripts/checks/property-seed.ts'],
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Most tests wait for servers, not for the processor: two at a time also where there are but two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // These only end what is waited for in vain: many times what a slow machine needs.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 20_000 } },
    typecheck: {
      enabled: true,
      include: ['packages/*/{src,test}/**/*.test-d.ts'],
      spawnTimeout: 180_000,
    },
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/generated/**', '**/*.test.ts', '**/*.test-d.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
    },
  },
})

export default config
