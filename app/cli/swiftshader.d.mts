/** The folder with the software adapter and a Vulkan loader, or null. */
export function findSwiftshader(): string | null;
/** The variables to add to a child's environment so that Dawn finds an adapter; empty where none are needed. */
export function swiftshaderEnv(): Record<string, string>;
