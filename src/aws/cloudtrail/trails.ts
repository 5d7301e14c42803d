import {
  type AdvancedEventSelector,
  type CloudTrailClient,
  DescribeTrailsCommand,
  type EventSelector,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import type { TrailSeen } from '../../core/operate/doctor/judge-trail.ts';
import { listOf, valueOf } from '../sdk/answered.ts';

/** Returns the trails that cover the region, those of the organization included. Errors of the SDK are passed on. */
export async function trailsOf(
  client: CloudTrailClient,
  why: (error: unknown) => string,
): Promise<readonly TrailSeen[]> {
  const { trailList } = await client.send(new DescribeTrailsCommand({ includeShadowTrails: true }));
  return Promise.all(
    listOf(trailList, 'DescribeTrails').map(
      async ({ Name: name = '', TrailARN: TrailName = name }): Promise<TrailSeen> => {
        try {
          const status = await client.send(new GetTrailStatusCommand({ Name: TrailName }));
          const { AdvancedEventSelectors, EventSelectors } = await client.send(
            new GetEventSelectorsCommand({ TrailName }),
          );
          return {
            name,
            isLogging: valueOf(status.IsLogging, 'GetTrailStatus', 'state'),
            logsChanges: AdvancedEventSelectors
              ? AdvancedEventSelectors.some(takesChangesByFields)
              : listOf(EventSelectors, 'GetEventSelectors').some(takesChanges),
            ...(status.LatestDeliveryError && { deliveryError: status.LatestDeliveryError }),
          };
        } catch (error) {
          // A member account may see the trail of its organization, but not always look into it.
          return { name, unknown: why(error) };
        }
      },
    ),
  );
}

function takesChanges({ IncludeManagementEvents, ReadWriteType }: EventSelector): boolean {
  return IncludeManagementEvents !== false && ReadWriteType !== 'ReadOnly';
}

function takesChangesByFields({ FieldSelectors = [] }: AdvancedEventSelector): boolean {
  const of = (field: string) => FieldSelectors.find(({ Field }) => Field === field);
  const isManagement = of('eventCategory')?.Equals?.includes('Management') === true;
  return isManagement && of('readOnly')?.Equals?.includes('true') !== true;
}
