import { testClaims } from '../../experiment/claimtests';
import ssmScan from './ssm-scan';

testClaims(ssmScan);
