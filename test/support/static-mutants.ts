import { inject, vi } from 'vitest';

/**
 * All test files of a mutation run share one worker, which keeps the modules that it loaded. A mutant of what runs while a
 * module is loaded, such as a table at its top, would never run then. So the modules are loaded anew for each such
 * mutant, and once more after it, so that nothing of it stays.
 */
const injected: (name: string) => unknown = inject as never;
const loadedFor = injected('mutantActivation') === 'static' ? injected('activeMutant') : undefined;
const worker = globalThis as { mutantOfModules?: unknown };
if (worker.mutantOfModules !== loadedFor) vi.resetModules();
worker.mutantOfModules = loadedFor;
