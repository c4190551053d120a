"""Every AWS call passes the gateway, from outside or from inside the local cloud."""

from localcloud.gateway import unused_data

# Here, since the modules of this package import moto's EC2 and read botocore's models.
unused_data.import_ec2_without_instance_types()
unused_data.load_models_without_documentation()
