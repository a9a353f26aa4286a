"""The rights desk: who may do what here, giving, confirming and ending."""
