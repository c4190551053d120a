"""Every AWS call passes the gateway, from outside or from inside the local cloud."""

from localcloud.gateway.models import (
    leave_documentation_out,
    make_operations_in_one_thread,
    share_with_moto,
)
from localcloud.gateway.moto_ec2 import import_moto_ec2

# Here, since the modules of this package import moto's EC2 and read botocore's models.
leave_documentation_out()
share_with_moto()
make_operations_in_one_thread()
import_moto_ec2()
