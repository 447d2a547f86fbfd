/**
 * The commands and their exit codes: 0; 1 when a run failed or, with --claims, a claim does not hold; 2 for a
 * wrong call, the reason on standard error. With --json, standard output is one JSON value and nothing else.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { toJson } from '../experiment/report';
import { isUserError } from '../math/errors';
import { benchCommand } from './bench';
import { boundsCommand } from './bounds';
import { infoCommand } from './info';
import { type Io, UsageError } from './io';
import { leagueCommand } from './league';
import { describeMethods, listText } from './list';
import { runCommand } from './run';
import { sweepCommand } from './sweep';

const COMMANDS = ['list', 'run', 'sweep', 'league', 'bench', 'bounds', 'info', 'help'] as const;

const HELP = `Rankscope: low-rank methods on this machine's GPU.

  list [--json]                 all methods with their parameters, metrics and claims
  run <method or link> [...]    one experiment
    --set key=value             a parameter; may be repeated, wins over the link
    --seed n                    the seed, short for --set seed=n
    --quick                     small sizes, a few seconds on a software adapter
    --file path                 a matrix, signal or picture: npy, csv, safetensors, wav, png, jpeg, webp
    --tensor name               which tensor of a safetensors file
    --colour                    a picture's three channels instead of its grey
    --home gpu|cpu              where to compute; default: the GPU, else the CPU
    --verify                    compare every operation with its float64 twin as it goes
    --claims                    exit with 1 when a claim does not hold
    --json                      one JSON value on standard output
    --factors path              the factors of the answer: a .safetensors file, or a folder of .npy files
    --precision f32|f16|int8|int4|nf4   how they are stored; default: f32
    --script numpy|dask         a Python script of the experiment, with its figures to compare with
  bench [...]                   our operations, checked and timed, as shares of measured peaks
    --only a,b                  cases whose name or family begins so
    --set name                  standard, large, sweep or tiny; default: standard, on a GPU large
    --samples n                 timed samples of each; default 5
    --variants                  all kernels of every operation that has several, side by side
    --anyway                    with those whose barriers are slow on this adapter
    --home gpu|cpu, --json      as above
  bounds [...]                  the worst error of every operation as a share of its derived bound
    --only a,b                  operations whose name begins so
    --json                      as above
  sweep <method or link> [...]  one parameter over several values; takes the flags of run, and
    --over key=a,b,c            the parameter and its values
    --seeds 0..4                each value with each of these seeds
    --metric key                a column of the table; may be repeated; default: the main ones
  league <testbed> [...]        every method of a testbed, ranked by the error that they share
    --quick                     quick sizes instead of the defaults
    --same                      what they share (steps, batch, shift, ...) as most of them have it
    --equal parameters|flop|time  a budget held equal, at the median of the methods' own
    --seed n                    the same seed for all
    --only a,b                  these methods only
    --home gpu|cpu              as above
    --json, --csv, --markdown   the table in that form
  info [--json]                 adapter, features, limits, measured speed
  help                          this text

Exit codes: 0 done; 1 the run failed, or a claim does not hold; 2 a wrong call.
`;

const RUN_OPTIONS = {
  set: { type: 'string', multiple: true },
  seed: { type: 'string' },
  quick: { type: 'boolean' },
  file: { type: 'string' },
  tensor: { type: 'string' },
  colour: { type: 'boolean' },
  home: { type: 'string' },
  verify: { type: 'boolean' },
  claims: { type: 'boolean' },
  json: { type: 'boolean' },
  script: { type: 'string' },
  factors: { type: 'string' },
  precision: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

const BENCH_OPTIONS = {
  only: { type: 'string' },
  set: { type: 'string' },
  samples: { type: 'string' },
  variants: { type: 'boolean' },
  anyway: { type: 'boolean' },
  home: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

const BOUNDS_OPTIONS = {
  only: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

const SWEEP_OPTIONS = {
  ...RUN_OPTIONS,
  over: { type: 'string' },
  seeds: { type: 'string' },
  metric: { type: 'string', multiple: true },
} as const satisfies ParseArgsConfig['options'];

const LEAGUE_OPTIONS = {
  quick: { type: 'boolean' },
  same: { type: 'boolean' },
  equal: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string' },
  home: { type: 'string' },
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
  markdown: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

const JSON_OPTION = { json: { type: 'boolean' } } as const satisfies ParseArgsConfig['options'];

/** Runs one command and returns its exit code; never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await command(args, io);
  } catch (error) {
    const parse =
      error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    if (error instanceof UsageError || (parse && error instanceof Error)) {
      await io.err(`${error.message}\n`);
      return 2;
    }
    // What a person can correct is a sentence; anything else is a bug and shows its stack.
    const text = error instanceof Error ? (isUserError(error) ? error.message : error.stack) : String(error);
    await io.err(`${text}\n`);
    return 1;
  }
}

async function command([name, ...rest]: readonly string[], io: Io): Promise<number> {
  switch (name) {
    case 'list': {
      const { values } = parseArgs({ args: rest, options: JSON_OPTION });
      await io.out(values.json ? `${toJson(await describeMethods())}\n` : listText());
      return 0;
    }
    case 'run': {
      const { values, positionals } = parseArgs({ args: rest, options: RUN_OPTIONS, allowPositionals: true });
      if (positionals.length !== 1) {
        throw new UsageError(
          `run takes one method or link, not ${positionals.length}: see \`list\` for the methods`,
        );
      }
      return runCommand(positionals[0], values, io);
    }
    case 'bench': {
      const { values } = parseArgs({ args: rest, options: BENCH_OPTIONS });
      return benchCommand(values, io);
    }
    case 'bounds': {
      const { values } = parseArgs({ args: rest, options: BOUNDS_OPTIONS });
      return boundsCommand(values, io);
    }
    case 'sweep': {
      const { values, positionals } = parseArgs({
        args: rest,
        options: SWEEP_OPTIONS,
        allowPositionals: true,
      });
      if (positionals.length !== 1) {
        throw new UsageError(`sweep takes one method or link, not ${positionals.length}`);
      }
      return sweepCommand(positionals[0], values, io);
    }
    case 'league': {
      const { values, positionals } = parseArgs({
        args: rest,
        options: LEAGUE_OPTIONS,
        allowPositionals: true,
      });
      if (positionals.length !== 1) {
        throw new UsageError(`league takes one testbed, not ${positionals.length}`);
      }
      return leagueCommand(positionals[0], values, io);
    }
    case 'info': {
      const { values } = parseArgs({ args: rest, options: JSON_OPTION });
      return infoCommand(values.json ?? false, io);
    }
    case 'help':
    case '--help':
    case '-h':
      await io.out(HELP);
      return 0;
    case undefined:
      await io.err(HELP);
      return 2;
    default:
      throw new UsageError(`there is no command "${name.slice(0, 60)}": choose ${COMMANDS.join(', ')}`);
  }
}
