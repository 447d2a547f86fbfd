/** Ends Dawn's devices with the test file: left open, they keep the process from ending. */
import { afterAll } from 'vitest';
import { closeTestDevices } from './testing';

afterAll(closeTestDevices);
