import { describe, expect, it } from 'vitest';
import { outcomeReasons } from '../../../src/core/outcome.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const exposition = () => createMetrics({ version: '1.2.3', revision: 'abc' }).registry.metrics();

/** The names that others rely on (design 10), those of later features left out. */
const names = [
  'isolations_total',
  'isolation_duration_seconds',
  'step_duration_seconds',
  'finding_to_isolation_seconds',
  'object_exposure_seconds',
  'queue_wait_seconds',
  'isolated_bytes_total',
  'messages_received_total',
  'messages_settled_total',
  'message_receive_count',
  'messages_in_flight',
  'concurrency_limit',
  'queue_messages',
  'queue_poll_errors_total',
  'aws_request_errors_total',
  'alerts_total',
  'visibility_extensions_total',
  'last_poll_timestamp_seconds',
  'last_message_processed_timestamp_seconds',
  'shutting_down',
  'build_info',
];

describe('the metrics', () => {
  it('are all there from the start, each with a help text', async () => {
    const text = await exposition();

    for (const name of names) expect(text).toMatch(new RegExp(`^# HELP isolator_${name} \\S`, 'm'));
  });

  it('have every outcome and reason at 0 from the start', async () => {
    const text = await exposition();

    for (const [outcome, reasons] of Object.entries(outcomeReasons)) {
      for (const reason of reasons.length > 0 ? reasons : ['']) {
        expect(text).toContain(`isolator_isolations_total{outcome="${outcome}",reason="${reason}"} 0\n`);
      }
    }
  });

  it('say what is running', async () => {
    expect(await exposition()).toContain(
      `isolator_build_info{version="1.2.3",revision="abc",node_version="${process.version}"} 1`,
    );
  });
});
