import { defineConfig } from 'playwright/test';

/** The built page in a real Chromium, with WebGPU on its software adapter where the machine has no GPU. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  workers: 1,
  reporter: [['list'], ['json']],
  use: {
    baseURL: 'http://localhost:4188',
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
    command: 'npx vite preview --port 4188 --strictPort',
    url: 'http://localhost:4188',
    reuseExistingServer: !process.env.CI,
  },
});
