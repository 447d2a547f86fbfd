/**
 * An error that the person can correct. It is shown as it is, so the message names the thing, the value,
 * the limit and the cure: "rank 96 is above min(m, n) = 64: choose 64 or less". Anything else that is
 * thrown is a bug and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** True for a UserError, also for one that crossed a worker border and lost its class. */
export const isUserError = (error: unknown): error is UserError =>
  error instanceof Error && error.name === 'UserError';
