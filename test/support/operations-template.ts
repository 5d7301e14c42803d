import { deployed, region, workerAccount } from './deployed.ts';
import { renderTemplate } from './rendered-template.ts';

type Parameters = Readonly<Record<string, string>>;

/** `operations.yaml` with an image and a network, behind the present data plane and service. */
export function operationsTemplate(always: Parameters = {}) {
  const { dataPlane, service } = deployed();
  const render = (parameters: Parameters = {}) =>
    renderTemplate('operations.yaml', workerAccount, region, {
      ...dataPlane.outputs,
      ...service.outputs,
      ImageUri: `registry/macie-isolator@sha256:${'0'.repeat(64)}`,
      SubnetIds: 'subnet-1,subnet-2',
      SecurityGroupIds: 'sg-1',
      ...always,
      ...parameters,
    });
  return {
    render,
    propertiesOf: (logicalId: string, parameters: Parameters = {}) =>
      render(parameters).resources.find((resource) => resource.logicalId === logicalId)?.properties,
  };
}
