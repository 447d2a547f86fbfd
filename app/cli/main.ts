/** The command line: one command, its output drained, its exit code. `lab.mjs` starts it. */
import { main } from './commands';

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => stream.write(text, () => resolve()));
}

// A reader such as `head` may close the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await main(process.argv.slice(2), {
  out: (text) => write(process.stdout, text),
  err: (text) => write(process.stderr, text),
  isTerminal: process.stderr.isTTY === true,
});
// Dawn keeps the process alive, and a pipe must have taken everything before the end.
await write(process.stdout, '');
process.exit(code);
