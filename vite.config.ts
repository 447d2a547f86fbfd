import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { swiftshaderEnv } from './app/cli/swiftshader.mjs';
import { catalogue } from './app/experiment/catalogue.plugin.mjs';
import { leanShaders } from './app/gpu/shaders.plugin.ts';
import { contentSecurityPolicy } from './app/ui/csp.plugin.ts';
import { offline } from './app/ui/offline.plugin.ts';

// Dawn reads these when a test process starts, so they must stand before it is forked.
if (process.env.VITEST) Object.assign(process.env, swiftshaderEnv());

// Everything is static and addressed relatively, so the build runs from any path on any host.
export default defineConfig({
  base: './',
  plugins: [react(), catalogue(), leanShaders(), contentSecurityPolicy(), offline()],
  build: { target: 'es2022', chunkSizeWarningLimit: 600 },
  worker: { format: 'es', plugins: () => [catalogue(), leanShaders()] },
  test: {
    include: ['app/**/*.test.{ts,tsx}'],
    // One Dawn instance at a time: several on two cores only take turns.
    fileParallelism: true,
    maxWorkers: 2,
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    setupFiles: ['app/gpu/vitest.setup.ts'],
  },
});
