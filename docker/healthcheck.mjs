// `node healthcheck.mjs /livez`: ends with 0 where the worker in this container answers that it is well.
// As the worker reads them: an empty setting counts as unset, and spaces around a setting do not count.
const { HOST = '', PORT = '' } = process.env;
const host = HOST.trim() || '0.0.0.0';
const everywhere = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
const address = everywhere[host] ?? (host.includes(':') ? `[${host}]` : host);
try {
  const { ok } = await fetch(`http://${address}:${PORT.trim() || '8080'}${process.argv[2]}`);
  process.exit(ok ? 0 : 1);
} catch {
  process.exit(1);
}
