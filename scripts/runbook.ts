/**
 * Where docs/runbook.md can be read by those who are on call. Nobody but its keeper knows: dashboards have it
 * as a variable, and the rules' copies are replaced with `sed`.
 */
export const runbookUrl = 'https://runbooks.example/macie-isolator/runbook.md';
