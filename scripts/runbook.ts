/**
 * Where docs/runbook.md and docs/logs.md can be read by those who are on call. In docker-compose.yml the inbox shows them;
 * elsewhere they are variables of the dashboards, and external labels of Prometheus.
 */
export const runbookUrl = 'http://127.0.0.1:8025/runbook.md';
export const logsUrl = 'http://127.0.0.1:8025/logs.md';
