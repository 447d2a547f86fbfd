declare module 'virtual:catalogue' {
  const entries: readonly import('./registry').CatalogueEntry[];
  export default entries;
}
