/** A WGSL editor: CodeMirror with the compiler's messages in the margin. Loaded when a shader is edited. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, type Diagnostic as Mark, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { wgsl } from '@iizukak/codemirror-lang-wgsl';
import { tags } from '@lezer/highlight';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { Diagnostic } from './trial';

const theme = EditorView.theme({
  '&': { maxHeight: '60vh', fontSize: '0.8125rem', backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--muted)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--accent-soft)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent) !important',
  },
  '.cm-panels, .cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--ink)' },
});

const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.modifier, tags.controlKeyword], color: 'var(--accent)' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.literal], color: 'var(--role-baseline)' },
]);

interface EditorProps {
  name: string;
  code: string;
  onChange: (code: string) => void;
  diagnostics: readonly Diagnostic[];
}

export function Editor({ name, code, onChange, diagnostics }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useEffectEvent((text: string) => onChange(text));
  const first = useEffectEvent(() => code);

  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const made = new EditorView({
      parent,
      state: EditorState.create({
        doc: first(),
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          wgsl(),
          syntaxHighlighting(colours),
          theme,
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ 'aria-label': `Source of ${name}.wgsl`, tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [name]);

  // Another text from outside: back to the original, or the edit of a link.
  useEffect(() => {
    const { current } = view;
    if (!current || current.state.doc.toString() === code) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: code } });
  }, [code]);

  useEffect(() => {
    const { current } = view;
    if (current) current.dispatch(setDiagnostics(current.state, marksOf(current.state, diagnostics)));
  }, [diagnostics]);

  return <div ref={host} />;
}

function marksOf(state: EditorState, diagnostics: readonly Diagnostic[]): Mark[] {
  return diagnostics.map(({ line, column, message }) => {
    const at = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
    const from = Math.min(at.to, at.from + Math.max(0, column - 1));
    return { from, to: at.to > from ? Math.min(at.to, from + 1) : from, severity: 'error', message };
  });
}
