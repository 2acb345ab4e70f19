import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { meterFourUsers, type Metering } from './meter-four-users.js';

const { upstream, standalone } = standaloneOfSuite();
let metering: Metering;

beforeAll(async () => {
  metering = await meterFourUsers(standalone, upstream);
});

describe('four users of one group, 200 parallel calls through one group key', () => {
  it("reports for every user what the provider's own log says, token for token", () => {
    expect(metering.reported).toEqual(metering.witnessed);
  });

  it('reports for the org the sum of it', () => {
    expect(metering.orgLine).toEqual(metering.orgWitnessed);
    expect(metering.orgLine).toMatchObject({ requests: 200 });
  });

  it('books every call on the key of the group', () => {
    expect(metering.owners).toEqual(['group']);
    expect(metering.keys).toEqual([metering.keyId]);
  });
});
