import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// The checkout may belong to another user than the one who runs the tests, so nothing is cached inside it.
const cacheDir = join(tmpdir(), `charmlet-vitest-${process.getuid?.() ?? 0}`);

export default defineConfig({
  cacheDir,
  test: {
    projects: [
      { cacheDir, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], testTimeout: 30_000 } },
      {
        cacheDir,
        test: {
          name: 'conformance',
          include: ['tests/conformance/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        cacheDir,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        cacheDir,
        test: {
          name: 'parts',
          include: ['tests/parts/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
