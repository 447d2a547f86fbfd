/**
 * The content security policy, written into the built page as a meta tag. Only the build gets it: the
 * development server injects inline scripts, which the policy forbids.
 *
 * Inline styles are allowed, because charts and MathML carry style attributes and a static page cannot
 * mint nonces; inline scripts never are. `https:` serves tensors from an address that the person typed.
 */
import type { Plugin } from 'vite';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' https:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A Vite plugin that puts the policy at the head of index.html, before anything is loaded. */
export const contentSecurityPolicy = (): Plugin => ({
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
      injectTo: 'head-prepend',
    },
  ],
});
