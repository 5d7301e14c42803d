// Stands in for undici in the bundle. The SDK's handler needs no more of it; the rest (fetch, WebSockets,
// caches, mocks) would be loaded all the same, which takes a seventh of the start-up.
import api from '../node_modules/undici/lib/api/index.js';
import Agent from '../node_modules/undici/lib/dispatcher/agent.js';
import Dispatcher from '../node_modules/undici/lib/dispatcher/dispatcher.js';
import global from '../node_modules/undici/lib/global.js';

// As undici's own index does it.
Object.assign(Dispatcher.prototype, api);

export const { getGlobalDispatcher } = global;
export { Agent, Dispatcher };
