import { dashboard } from './dashboard.ts';
import { graph, seriesOf, stat } from './panel.ts';

const rate = (metric: string, matchers = '') => `rate(${seriesOf(metric, matchers)}[$__rate_interval])`;
const quantile = (q: number, metric: string, by: string, matchers = '') =>
  `histogram_quantile(${q}, sum by (le, ${by}) (${rate(`${metric}_bucket`, matchers)}))`;

/** How the worker itself does: whoever looks here knows already that something is wrong. */
export function workerDashboard() {
  return dashboard({
    uid: 'macie-isolator-worker',
    title: 'macie-isolator: worker',
    description: 'How the workers do: their slots, their calls to AWS, their processes.',
    panels: [
      stat({
        title: 'Workers',
        description: 'How many workers answer Prometheus?',
        runbook: 'isolatorworkerdown',
        unit: 'short',
        thresholds: { goodFrom: 1 },
        columns: 4,
        queries: [['workers', `count(${seriesOf('isolator_build_info')})`]],
      }),
      stat({
        title: 'Last poll',
        description: 'How long ago did the findings queue last answer a poll of any worker?',
        runbook: 'isolatornothingpolled',
        unit: 's',
        decimals: 0,
        thresholds: { warn: 60, bad: 300 },
        columns: 4,
        queries: [['ago', `time() - max(${seriesOf('isolator_last_poll_timestamp_seconds')})`]],
      }),
      stat({
        title: 'Last outcome',
        description: 'How long ago did a message last come to its outcome? Long where no findings come.',
        runbook: 'isolatornothingpolled',
        unit: 's',
        decimals: 0,
        columns: 4,
        queries: [
          ['ago', `time() - max(${seriesOf('isolator_last_message_processed_timestamp_seconds')} > 0)`],
        ],
      }),
      stat({
        title: 'Failed polls',
        description: 'How often could the queue not be polled, in the time shown?',
        runbook: 'isolatornothingpolled',
        unit: 'short',
        decimals: 0,
        thresholds: { warn: 1 },
        columns: 4,
        queries: [['polls', `sum(increase(${seriesOf('isolator_queue_poll_errors_total')}[$__range]))`]],
      }),
      stat({
        title: 'Starts',
        description:
          'How often did a worker start, in the time shown? One for each that was there at its beginning, too.',
        runbook: 'isolatorworkerdown',
        unit: 'short',
        columns: 4,
        queries: [
          [
            'starts',
            `count(count_over_time(${seriesOf('process_start_time_seconds')}[$__range])) + sum(changes(${seriesOf('process_start_time_seconds')}[$__range]))`,
          ],
        ],
      }),
      stat({
        title: 'Isolation refused',
        description:
          'On how many workers does the isolation bucket, its key or our role refuse, so that no message is received?',
        runbook: 'isolatorisolationrefused',
        unit: 'short',
        thresholds: { bad: 1 },
        columns: 4,
        queries: [['workers', `sum(${seriesOf('isolator_isolation_refused')})`]],
      }),
      graph({
        title: 'Slots',
        description: 'How many messages are in work, and how many can be? At the limit more workers help.',
        runbook: 'isolatorqueuenearingretention',
        unit: 'short',
        columns: 8,
        queries: [
          ['in work', `sum(${seriesOf('isolator_messages_in_flight')})`],
          ['limit', `sum(${seriesOf('isolator_concurrency_limit')})`],
        ],
      }),
      graph({
        title: 'Time of a handling, 95 %',
        description: 'How long does a message take from receive to outcome?',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 's',
        columns: 8,
        queries: [['{{outcome}}', quantile(0.95, 'isolator_isolation_duration_seconds', 'outcome')]],
      }),
      graph({
        title: 'Time of a step, 95 %',
        description: 'Which step takes how long? Copies take as long as objects are large.',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 's',
        columns: 8,
        queries: [['{{step}}', quantile(0.95, 'isolator_step_duration_seconds', 'step')]],
      }),
      graph({
        title: 'Time of an AWS call, 95 %',
        description: 'Which operation takes how long, its retries included? Long polls are left out.',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 's',
        columns: 8,
        queries: [
          [
            '{{service}} {{operation}}',
            quantile(
              0.95,
              'isolator_aws_request_duration_seconds',
              'service, operation',
              'operation!="ReceiveMessage"',
            ),
          ],
        ],
      }),
      graph({
        title: 'AWS calls',
        description: 'How many calls of each operation are made? Per second.',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 'reqps',
        columns: 8,
        queries: [
          [
            '{{service}} {{operation}}',
            `sum by (service, operation) (${rate('isolator_aws_request_duration_seconds_count')}) > 0`,
          ],
        ],
      }),
      graph({
        title: 'AWS calls that failed',
        description: 'Which calls fail for good, after all retries? Per minute. Empty is good.',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 'short',
        stacked: true,
        columns: 8,
        queries: [
          [
            '{{operation}} {{code}}',
            `60 * sum by (operation, code) (${rate('isolator_aws_request_errors_total')}) > 0`,
          ],
        ],
      }),
      graph({
        title: 'Retries of AWS calls',
        description: 'Which calls does the SDK have to repeat? Per minute: throttling shows here first.',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 'short',
        stacked: true,
        columns: 8,
        queries: [
          ['{{operation}}', `60 * sum by (operation) (${rate('isolator_aws_request_retries_total')}) > 0`],
        ],
      }),
      graph({
        title: 'Messages by how they left',
        description: 'Are messages acknowledged, parked, or sent round again? Per minute.',
        runbook: 'retries-exhausted',
        unit: 'short',
        stacked: true,
        columns: 8,
        queries: [['{{how}}', `60 * sum by (how) (${rate('isolator_messages_settled_total')}) > 0`]],
      }),
      graph({
        title: 'Receive count, 95 %',
        description: 'How often do messages come? 1 is the rule; at 20 they are parked.',
        runbook: 'retries-exhausted',
        unit: 'short',
        columns: 8,
        queries: [
          [
            'receives',
            `histogram_quantile(0.95, sum by (le) (${rate('isolator_message_receive_count_bucket')}))`,
          ],
        ],
      }),
      graph({
        title: 'Visibility extensions',
        description:
          'Are long handlings kept hidden from other workers? Per minute; `lost` is work that another worker does too.',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 'short',
        stacked: true,
        columns: 8,
        queries: [['{{result}}', `60 * sum by (result) (${rate('isolator_visibility_extensions_total')})`]],
      }),
      graph({
        title: 'Event loop lag, 99 %',
        description: 'Does the process have time to answer? Above 0.1 s its processor is too small.',
        runbook: 'isolatorworkerdown',
        unit: 's',
        thresholds: { warn: 0.1 },
        columns: 8,
        queries: [['{{instance}}', seriesOf('nodejs_eventloop_lag_p99_seconds')]],
      }),
      graph({
        title: 'Memory',
        description: 'Does the memory of a process grow without end? The heap is part of the whole.',
        runbook: 'isolatorworkerdown',
        unit: 'bytes',
        columns: 8,
        queries: [
          ['{{instance}} whole', seriesOf('process_resident_memory_bytes')],
          ['{{instance}} heap', seriesOf('nodejs_heap_size_used_bytes')],
        ],
      }),
      graph({
        title: 'Processor',
        description: 'How much of one processor does each worker use?',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 'percentunit',
        columns: 12,
        queries: [['{{instance}}', rate('process_cpu_seconds_total')]],
      }),
      graph({
        title: 'Versions',
        description: 'What runs, and on how many workers?',
        runbook: 'isolatorworkerdown',
        unit: 'short',
        stacked: true,
        columns: 12,
        queries: [
          [
            '{{version}} {{revision}}, Node {{node_version}}',
            `count by (version, revision, node_version) (${seriesOf('isolator_build_info')})`,
          ],
        ],
      }),
    ],
  });
}
