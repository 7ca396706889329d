"""What is prescribed: values, the one-line shorthand, arms, CERT."""
