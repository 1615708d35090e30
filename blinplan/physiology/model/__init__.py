"""The drug in a body: states, parameters, virtual people and the mechanism."""
