/** What the commands share: where text goes, and the error of a wrong call. */
import { UserError } from '../math/errors';

export interface Io {
  out: (text: string) => Promise<void>;
  err: (text: string) => Promise<void>;
  /** Progress is shown only where a person watches. */
  isTerminal: boolean;
}

/** The call itself is wrong: exit code 2. */
export class UsageError extends UserError {}
