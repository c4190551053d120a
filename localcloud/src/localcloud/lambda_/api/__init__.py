"""The API's operations, a class for each family. They are asked in turn; what none of them has is
an error.
"""
