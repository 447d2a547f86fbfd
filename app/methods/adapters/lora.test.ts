import { testClaims } from '../../experiment/claimtests';
import lora from './lora';

testClaims(lora);
