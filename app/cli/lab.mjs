/**
 * Starts the command line: installs and builds what is missing or older than its sources, then runs it in a
 * process of its own, because the Vulkan loader reads the environment only at its start. Everything that this
 * file says goes to standard error.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { swiftshaderEnv } from './swiftshader.mjs';
import { requireNode, requirePackages, root } from './toolchain.mjs';

const target = join(root, 'build/cli');
const program = join(target, 'main.js');

/** The latest change below a folder, folders included: a deleted file shows in the time of its folder. */
function newest(folder) {
  let latest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

function isStale() {
  if (!existsSync(program)) return true;
  const sources = ['app', 'shaders'].map((name) => join(root, name)).filter((path) => existsSync(path));
  const changed = Math.max(statSync(join(root, 'package-lock.json')).mtimeMs, ...sources.map(newest));
  return changed > statSync(program).mtimeMs;
}

/** Builds beside the target and moves over it, so that two that start together do not disturb each other. */
async function build() {
  const { build: bundle } = await import('vite');
  const { catalogue } = await import('../experiment/catalogue.plugin.mjs');
  const began = new Date();
  const folder = join(root, `build/cli-${process.pid}`);
  try {
    await bundle({
      root,
      configFile: false,
      publicDir: false,
      plugins: [catalogue()],
      logLevel: 'error',
      build: { ssr: 'app/cli/main.ts', outDir: folder, target: 'node20', emptyOutDir: true },
    });
    // As old as its start: a source that changed meanwhile is newer.
    utimesSync(join(folder, 'main.js'), began, began);
    mkdirSync(target, { recursive: true });
    move(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function move(from, to) {
  // main.js last: once it is new, what it imports must be there.
  const names = readdirSync(from).sort((a, b) => Number(a === 'main.js') - Number(b === 'main.js'));
  for (const name of names) {
    const path = join(from, name);
    if (!statSync(path).isDirectory()) {
      renameSync(path, join(to, name));
      continue;
    }
    mkdirSync(join(to, name), { recursive: true });
    move(path, join(to, name));
  }
}

requireNode();
requirePackages();
if (isStale()) {
  if (process.stderr.isTTY) console.error('Building the command line ...');
  try {
    await build();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error('The command line could not be built.');
    process.exit(1);
  }
}

const child = spawn(process.execPath, [program, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...swiftshaderEnv() },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal) console.error(`The command line was ended by ${signal}.`);
  process.exit(code ?? 1);
});
