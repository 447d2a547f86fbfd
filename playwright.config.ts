import { defineConfig } from 'playwright/test';

// Another port, or another folder of the build, lets several checkouts be tested side by side.
const port = process.env.PREVIEW_PORT ?? '4188';
const folder = process.env.PREVIEW_DIR ?? 'dist';

/** The built page in a real Chromium, with WebGPU on its software adapter where the machine has no GPU. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  workers: 1,
  // A shared machine stalls now and then: a test that fails twice is broken.
  retries: 1,
  reporter: [['list'], ['json']],
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
      ],
    },
  },
  webServer: {
    command: `npx vite preview --port ${port} --strictPort --outDir ${folder}`,
    url: `http://localhost:${port}`,
    reuseExistingServer: !process.env.CI,
  },
});
